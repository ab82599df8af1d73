import { interleave } from './samples.js';

/** A WAV file of a buffer, with floats, so that nothing of what came from the gateway is rounded. */
export function encodeWav(buffer) {
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, channel) => buffer.getChannelData(channel));
    const dataBytes = 4 * buffer.length * channels.length;
    const view = new DataView(new ArrayBuffer(58 + dataBytes));
    const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
    const numbers = [
        [16, 18, 4], [20, 3, 2], [22, channels.length, 2], [24, buffer.sampleRate, 4], // "fmt ": 18 bytes, IEEE float
        [28, buffer.sampleRate * 4 * channels.length, 4], [32, 4 * channels.length, 2], [34, 32, 2],
        [42, 4, 4], [46, buffer.length, 4], // "fact": samples per channel
        [4, 50 + dataBytes, 4], [54, dataBytes, 4],
    ];
    [[0, 'RIFF'], [8, 'WAVE'], [12, 'fmt '], [38, 'fact'], [50, 'data']].forEach(([at, letters]) => text(at, letters));
    for (const [at, value, bytes] of numbers) bytes === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true);
    new Uint8Array(view.buffer, 58).set(new Uint8Array(interleave(channels).buffer));
    return new Blob([view], { type: 'audio/wav' });
}
