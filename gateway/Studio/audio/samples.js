/** The samples of channels, one frame after the other. @param {Float32Array[]} channels all of one length */
export function interleave(channels) {
    const samples = new Float32Array(channels[0].length * channels.length);
    channels.forEach((channel, c) => channel.forEach((sample, i) => { samples[i * channels.length + c] = sample; }));
    return samples;
}
