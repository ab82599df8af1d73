"""What jack_loop.py does in real time."""

import collections
from typing import Deque, Iterator, Optional

import jack
import numpy as np

BUFFER_SECONDS = 10  # of audio that the gateway has not taken yet

_MIN_LOOP_SECONDS = 0.5  # a gateway takes no shorter ones
_SAMPLE = 4  # bytes


class Player:
    """JACK calls process, which never waits: it copies what is played into a ring buffer, and what is heard from a round that lies in
    memory. Where there is no new one when a loop ends, the last one goes round again, whatever the gateway does. Before there is one, one
    hears what one plays.
    """

    def __init__(self, client: jack.Client, channels: int, wet: float, loop: int):
        """loop: frames of one; 0 = they end by mark()."""
        self.is_full = False  # then a part of what was played is lost
        self._wet, self._dry, self._channels, self._loop = wet, 1 - wet, channels, loop
        self._shortest = int(_MIN_LOOP_SECONDS * client.samplerate)
        self._inputs = [client.inports.register(f"in_{channel + 1}") for channel in range(channels)]
        self._outputs = [client.outports.register(f"out_{channel + 1}") for channel in range(channels)]
        self._played = jack.RingBuffer(_SAMPLE * channels * BUFFER_SECONDS * client.samplerate)
        self._marks: Deque[int] = collections.deque()  # frames where loops ended
        self._taken = 0  # frames
        self._next: Deque[np.ndarray] = collections.deque(maxlen=1)  # a deque, because its methods are atomic
        self._round: Optional[np.ndarray] = None
        self._at = 0  # in the round
        self._has_started, self._is_marked = loop > 0, False
        self._frame, self._began = 0, 0  # what is played next, and where its loop began
        self._resize(client.blocksize)
        client.set_blocksize_callback(self._resize)
        client.set_process_callback(self._process)

    def mark(self) -> None:
        """Starts the first loop, or ends a loop, with the next period."""
        self._is_marked = True

    def give(self, audio: bytes) -> None:
        """A round, heard from the end of the loop on that is being played."""
        self._next.append(self._wet * np.frombuffer(audio, "<f4").reshape(-1, self._channels))

    def take(self) -> Iterator[Optional[memoryview]]:
        """What was played since the last time; None = a loop ends here."""
        # First the audio, then the marks: the mark of a loop is there before the audio that follows it.
        audio = memoryview(self._played.read(self._played.read_space))
        while self._marks and self._marks[0] <= self._taken + len(audio) // (_SAMPLE * self._channels):
            end = self._marks.popleft()
            cut = _SAMPLE * self._channels * (end - self._taken)
            yield audio[:cut]
            yield None
            audio, self._taken = audio[cut:], end
        yield audio
        self._taken += len(audio) // (_SAMPLE * self._channels)

    def _resize(self, frames: int) -> None:
        self._block = np.zeros((frames, self._channels), np.float32)

    def _process(self, frames: int) -> None:
        for channel, port in enumerate(self._inputs):
            self._block[:, channel] = port.get_array()
        if self._is_marked:
            self._is_marked = False
            self._start_or_end()
        if self._has_started:
            if self._played.write_space >= self._block.nbytes:
                self._played.write(self._block)
            else:
                self.is_full = True
            self._mix(frames)
        for channel, port in enumerate(self._outputs):
            port.get_array()[:] = self._block[:, channel]

    def _start_or_end(self) -> None:
        if not self._has_started:
            self._has_started = True
        elif self._frame - self._began >= self._shortest:
            self._marks.append(self._frame)
            self._turn()

    def _mix(self, frames: int) -> None:
        at = 0
        while at < frames:
            count = frames - at
            if self._loop:
                count = min(count, self._began + self._loop - self._frame)
            if self._round is not None:
                count = min(count, len(self._round) - self._at)
                part = self._block[at : at + count]
                part *= self._dry
                part += self._round[self._at : self._at + count]
                self._at = (self._at + count) % len(self._round)
            at += count
            self._frame += count
            if self._loop and self._frame - self._began == self._loop:
                self._turn()

    def _turn(self) -> None:
        """A loop ends."""
        self._began, self._at = self._frame, 0
        if self._next:
            self._round = self._next.pop()
