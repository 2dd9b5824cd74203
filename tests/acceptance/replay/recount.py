"""What the first lines of the UCI file should do to a ledger, counted apart from the product.

Run alone: `python -I -S recount.py FILE LINES` prints JSON. Isolated like this it can import nothing but the
standard library: neither `loyalty` nor anything else of the project is in reach.

The rules, told anew: a member's ticket earns one point for every whole pound. The ticket's points belong to
its lines in proportion to their amounts (whole parts first, what is left to the largest fractions, earlier
lines first among equals). A returned article is taken from the member's newest ticket that still has it, from
its last such line first. When r of a line's q units are back, floor(points x r / q) points are gone.
"""

import csv
import gzip
import json
import sys
from decimal import Decimal
from fractions import Fraction


def read_invoices(path, lines):
    invoices = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if number == lines:
                break
            invoices.setdefault(row["InvoiceNo"], []).append(row)
    return invoices


def spread(points, amounts):
    total = sum(amounts)
    if total == 0:
        return [0 for _ in amounts]
    exact = [Fraction(points) * amount / total for amount in amounts]
    whole = [share.numerator // share.denominator for share in exact]
    missing = points - sum(whole)
    order = sorted(range(len(amounts)), key=lambda at: (whole[at] - exact[at], at))
    return [share + (1 if at in order[:missing] else 0) for at, share in enumerate(whole)]


def recount(path, lines):
    net, units, accrued, reversed_points, lost_units, sales, returns = Decimal(0), 0, 0, 0, 0, 0, set()
    lost_amount = Decimal(0)
    sold, balances = {}, {}
    for invoice, rows in read_invoices(path, lines).items():
        for row in rows:
            net += int(row["Quantity"]) * Decimal(row["UnitPrice"])
            units += int(row["Quantity"])
        customer = rows[0]["CustomerID"].removesuffix(".0")
        bought = [row for row in rows if int(row["Quantity"]) > 0]
        if bought:
            sales += 1
        if bought and customer:
            pounds = [int(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in bought]
            points = int(sum(pounds) // 1)
            accrued += points
            balances[customer] = balances.get(customer, 0) + points
            shares = spread(points, [Fraction(amount) for amount in pounds])
            for row, share in zip(bought, shares, strict=True):
                line = {"invoice": invoice, "units": int(row["Quantity"]), "back": 0, "points": share}
                sold.setdefault((customer, row["StockCode"]), []).append(line)
        for row in rows:
            coming = -int(row["Quantity"])
            if coming <= 0:
                continue
            for line in reversed(sold.get((customer, row["StockCode"]), []) if customer else []):
                now = min(coming, line["units"] - line["back"])
                if now:
                    before = line["points"] * line["back"] // line["units"]
                    line["back"] += now
                    gone = line["points"] * line["back"] // line["units"] - before
                    reversed_points += gone
                    balances[customer] -= gone
                    returns.add((invoice, line["invoice"]))
                    coming -= now
            lost_units -= coming
            lost_amount -= coming * Decimal(row["UnitPrice"])
    return {
        "net_amount": str(net),
        "quantity": units,
        "sales": sales,
        "returns": len(returns),
        "points_accrued": accrued,
        "points_reversed": reversed_points,
        "unmatched_quantity": lost_units,
        "unmatched_amount": str(lost_amount),
        "balances": balances,
    }


if __name__ == "__main__":
    assert not {"loyalty", "central", "tools", "wire"} & set(sys.modules)
    json.dump(recount(sys.argv[1], int(sys.argv[2])), sys.stdout)
