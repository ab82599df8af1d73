"""A JACK client that plays noise in stereo to the example, and records what it answers: musician.py FOLDER

Prints "plays" when it is connected, and "frames N" four times a second. At the end of standard input, or after two minutes, it writes
FOLDER/played.f32 and FOLDER/heard.f32 and ends.
"""

import os
import sys
import threading

import jack
import numpy as np

SECONDS = 120


def main(folder: str) -> None:
    client = jack.Client("musician", no_start_server=True)
    sources = [client.outports.register(f"out_{channel}") for channel in (1, 2)]
    targets = [client.inports.register(f"in_{channel}") for channel in (1, 2)]
    played = np.random.default_rng(5).random((SECONDS * client.samplerate, 2), np.float32) * 0.6 - 0.3
    heard = np.zeros_like(played)
    at, ends, told = 0, threading.Event(), threading.Semaphore(0)

    @client.set_process_callback
    def process(frames: int) -> None:
        nonlocal at
        if at + frames > len(played):
            ends.set()
            return
        for channel in (0, 1):
            sources[channel].get_array()[:] = played[at : at + frames, channel]
            heard[at : at + frames, channel] = targets[channel].get_array()
        at += frames
        if at % (client.samplerate // 4) < frames:
            told.release()

    def tell() -> None:
        while told.acquire():
            print("frames", at, flush=True)

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        ends.set()

    with client:
        for channel in (0, 1):
            client.connect(sources[channel], f"vampnet:in_{channel + 1}")
            client.connect(f"vampnet:out_{channel + 1}", targets[channel])
        print("plays", flush=True)
        for task in (tell, wait):
            threading.Thread(target=task, daemon=True).start()
        ends.wait()
    played[:at].tofile(f"{folder}/played.f32")
    heard[:at].tofile(f"{folder}/heard.f32")


if __name__ == "__main__":
    main(*sys.argv[1:])
