"""Make a trunk for calls: `python trunk.py sip.example.com +15550100` prints its id."""

import argparse
import os

from lkproto.api import LiveKitAPI
from lkproto.livekit import SIPOutboundTrunkInfo


def create(livekit: LiveKitAPI, address: str, number: str) -> str:
    """The id of a new trunk, whose calls go to an address, and come from a number."""
    trunk = SIPOutboundTrunkInfo(
        name="examples",
        address=address,
        numbers=[number],
        auth_username=os.environ.get("SIP_USERNAME", ""),
        auth_password=os.environ.get("SIP_PASSWORD", ""),
    )
    return livekit.sip.create_sip_outbound_trunk(trunk=trunk).sip_trunk_id


def main() -> None:
    """Take the address and the number from the command line."""
    parser = argparse.ArgumentParser(description="Make a trunk, and print its id.")
    parser.add_argument("address", help="host of your provider")
    parser.add_argument("number", help="number that calls come from")
    arguments = parser.parse_args()
    with LiveKitAPI() as livekit:
        print(create(livekit, arguments.address, arguments.number))


if __name__ == "__main__":
    main()
