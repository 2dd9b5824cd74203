"""What members asked of a shop, listed and ended at the command line (C-30)."""

import asyncio

from central.services.core.access import operator_of
from officine.opened import opened_services
from tests.integration.officine.cli import run, run_json
from wire.api import EvidenceBody
from wire.api_shop_messages import ShopMessageBody

UID = "04A1B2C3D4E5F6"


def _write(*bodies: ShopMessageBody) -> None:
    async def work() -> None:
        async with opened_services(None) as services:
            for body in bodies:
                await services.visits.messages.write(operator_of("leman"), body, "nyon")

    asyncio.run(work())


def test_a_shop_sees_what_members_asked_in_their_words_until_it_is_done(group: str) -> None:
    assert group
    run_json("member", "enrol", "--id", "m-9", "--family-name", "Meier")
    run_json("card", "issue", "2990000000088", "--uid", UID, "--member", "m-9")
    holder = EvidenceBody(medium="nfc_uid", value=UID)
    _write(
        ShopMessageBody(message_id="w-1", holder=holder, topic="own_words", text="Is my order there?"),
        ShopMessageBody(message_id="w-2", holder=holder, topic="call_me"),
    )

    listed = run_json("shop", "messages", "nyon")["messages"]
    told = run("shop", "messages", "nyon").out
    done = run_json("shop", "done", "w-1")

    assert [(each["message_id"], each["member_id"], each["text"]) for each in listed] == [
        ("w-1", "m-9", "Is my order there?"),
        ("w-2", "m-9", ""),
    ]
    assert "Is my order there?" in told
    assert "call_me" in told
    assert (done["member_id"], done["state"]) == ("m-9", "done")
    assert run_json("shop", "done", "w-1") == done, "done is done"
    assert [each["message_id"] for each in run_json("shop", "messages", "nyon")["messages"]] == ["w-2"]
    assert run("shop", "done", "w-9", "--json").error["code"] == "shop_message_not_found"
