/** In seconds, and in Hz for the first beat of a bar and for the others. */
const [Length, High, Low] = [0.04, 1760, 1320];

/** A loop with nothing but a click on each beat. @param {number} length in frames */
export function clicks(sampleRate, length, { beatsPerBar, bars }) {
    const buffer = new AudioBuffer({ sampleRate, length, numberOfChannels: 1 });
    const samples = buffer.getChannelData(0);
    for (let beat = 0; beat < beatsPerBar * bars; beat++) {
        const begin = Math.round(beat / (beatsPerBar * bars) * length);
        const pitch = beat % beatsPerBar === 0 ? High : Low;
        for (let i = 0; i < Length * sampleRate && begin + i < length; i++)
            samples[begin + i] = 0.4 * Math.sin(2 * Math.PI * pitch * i / sampleRate) * Math.exp(-i / sampleRate * 5 / Length);
    }
    return buffer;
}
