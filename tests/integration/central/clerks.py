"""Clerks for the tests of the counter."""

from tests.central_fixture import CentralUnderTest

CODE = "4071"


async def sign_in(
    central: CentralUnderTest,
    staff_id: str = "s-7",
    *,
    role: str = "assistant",
    token: str = "terminal",
) -> str:
    """Make a clerk, who signs in at the terminal; the pass."""
    put = await central.put(f"staff/{staff_id}", {"role": role, "code": CODE})
    assert put.status == 200, put.body
    reply = await central.post("counter/sign-in", {"staff_id": staff_id, "code": CODE}, token=token)
    assert reply.status == 200, reply.body
    return str(reply.body["clerk"])
