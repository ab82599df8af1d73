"""A variation of a file, then the same by a stream: python vamp_file.py GATEWAY IN OUT"""

import asyncio
import sys

import vampnet
from vampnet import aio


def main(gateway: str, source: str, target: str) -> None:
    with vampnet.Client(gateway) as client:
        print("models", [model.name for model in client.models()])
        result = client.vamp(source, target, prompt="medium-variation", seed=7)
        print("wrote", result.path, "seed", result.seed)
        try:
            client.vamp(source, target, prompt="medium-varation")
        except vampnet.VampError as error:
            print("refused", error.code.name, *error.fields)
    asyncio.run(stream(gateway, source))


async def stream(gateway: str, source: str) -> None:
    received = 0
    async with aio.Client(gateway) as client:
        async for response in client.stream(source, prompt=vampnet.Prompt(periodic={"period": 7}), seed=7):
            received += len(response.audio)
    print("received", received)


if __name__ == "__main__":
    main(*sys.argv[1:])
