/** What is asked for: everything that the page lets one choose, and nothing that follows from it. */
export const defaults = Object.freeze({
    model: '',
    /** Name of a preset; '' = the prompt below. */
    preset: '',
    prompt: Object.freeze({
        period: 7, width: 1, offset: 0, roll: true, dropout: 0, codebooks: 4,
        beats: false, beforeBeat: 0, afterBeat: 0.1, every: 1, downbeats: false, onsets: 0,
    }),
    /** A mask that was painted: { codebooks, frames, data }, data in base64; null = none. */
    mask: null,
    /** 'vary', 'region' or 'continue'. */
    mode: 'vary',
    from: 0,
    to: 0,
    seconds: 8,
    variations: 2,
    seed: '',
    /** null = the model's. */
    temperature: null,
    coarseSteps: 12,
    fineSteps: 12,
    feedback: 1,
    stereo: '',
    pitch: 0,
    stretch: 1,
});

/** The settings of a preset's own prompt, so that its controls show what it does. */
export function presetPrompt(preset) {
    const seconds = preset.beatSeconds ?? 0;
    return {
        ...defaults.prompt, period: preset.period ?? 0, codebooks: preset.codebooks ?? 0, dropout: preset.dropout ?? 0,
        beats: seconds > 0, afterBeat: seconds || defaults.prompt.afterBeat,
    };
}

const through = (bytes, stream) => new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer();

/** Settings as a short text for a link, with the name of the audio that they are for. */
export async function toLink(settings, audio) {
    const changed = Object.entries(settings).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]));
    const json = JSON.stringify({ audio, ...Object.fromEntries(changed) });
    const packed = new Uint8Array(await through(json, new CompressionStream('deflate-raw')));
    return btoa(Array.from(packed, byte => String.fromCharCode(byte)).join('')).replaceAll('+', '-').replaceAll('/', '_')
        .replaceAll('=', '');
}

/** What such a text says; null where it is none. */
export async function fromLink(text) {
    try {
        const packed = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
        const json = await through(packed, new DecompressionStream('deflate-raw'));
        const { audio, ...changed } = JSON.parse(new TextDecoder().decode(json));
        const known = Object.fromEntries(Object.entries(changed).filter(([name]) => name in defaults));
        return { audio, settings: { ...defaults, ...known, prompt: { ...defaults.prompt, ...known.prompt } } };
    } catch {
        return null;
    }
}
