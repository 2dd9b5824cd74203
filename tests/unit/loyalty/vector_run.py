"""All vectors in one call, for the mutation tool: quick, and without a test runner."""

import json

from loyalty.errors import LoyaltyError
from loyalty.rules.evaluate import Facts, compile_condition
from loyalty.rules.validate import parse_condition
from tests.unit.loyalty.test_pricing_order import ORDERS
from tests.unit.loyalty.test_pricing_vectors import CASES, OUTPUTS
from tests.unit.loyalty.test_rule_vectors import known, save, vectors
from tests.unit.loyalty.test_rules_cookbook import RECIPES, quote_of
from tests.unit.loyalty.vector_basket import acts_of
from tests.unit.loyalty.vector_basket import quote_of as quote_of_case


def agrees() -> bool:
    """Whether every vector comes out as it says."""
    for case in CASES:
        quote = quote_of_case(case)
        if any(name in OUTPUTS and OUTPUTS[name](quote) != value for name, _, value in case["steps"]):
            return False
    if any(acts_of(quote_of_case(case)) != case["acts"] for case in ORDERS):
        return False
    for vector in vectors("conditions"):
        facts = Facts(known(vector["facts"]), tuple(known(line) for line in vector["lines"]))
        if compile_condition(parse_condition(vector["when"]))(facts) is not vector["answer"]:
            return False
    for recipe in RECIPES:
        ticket, quote = quote_of(recipe)
        if (quote.total_minor, quote.points) != (ticket["pays"], ticket["points"]):
            return False
    return all(_is_refused(json.loads(json.dumps(vector))) for vector in vectors("refused"))


def _is_refused(vector: dict[str, object]) -> bool:
    try:
        save(vector["rule"])
    except LoyaltyError as error:
        return error.params["path"] == vector["path"]
    return False
