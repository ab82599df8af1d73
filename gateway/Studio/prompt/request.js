/** In seconds: how long before a round is heard it must have left the gateway. */
const Margin = 0.2;

/** The prompt of the controls, in the form that presets have: what stays of time, of the coarsest codebooks. */
function controlled(prompt) {
    const any = [];
    if (prompt.period > 0) {
        const periodic = { periodic: { period: prompt.period, width: prompt.width, offset: prompt.offset, roll: prompt.roll } };
        any.push(prompt.dropout > 0 ? { allOf: { prompts: [periodic, { dropout: { probability: prompt.dropout } }] } } : periodic);
    }
    if (prompt.beats) {
        any.push({
            beats: {
                beforeSeconds: prompt.beforeBeat, afterSeconds: prompt.afterBeat, every: prompt.every, downbeatsOnly: prompt.downbeats,
            },
        });
    }
    if (prompt.onsets > 0) any.push({ onsets: { width: prompt.onsets } });
    if (any.length === 0 || prompt.codebooks === 0) return { none: {} };
    const time = any.length === 1 ? any[0] : { anyOf: { prompts: any } };
    return { allOf: { prompts: [time, { compression: { codebooks: prompt.codebooks } }] } };
}

const regions = (...pairs) => ({ regions: { regions: pairs.map(([fromSeconds, toSeconds]) => ({ fromSeconds, toSeconds })) } });

/** What stays of all that is played. */
const ownPrompt = settings => settings.preset ? { preset: settings.preset } : controlled(settings.prompt);

/** What stays, in all modes: outside a region everything does. */
export function promptOf(settings, duration) {
    if (settings.mask) return { mask: settings.mask };
    const own = ownPrompt(settings);
    if (settings.mode === 'region')
        return { anyOf: { prompts: [{ not: regions([settings.from, settings.to]) }, own] } };
    if (settings.mode === 'continue')
        return settings.from > duration - 0.01 ? { all: {} } : regions([0, Math.max(settings.from, 0.02)]);
    return own;
}

const modelAndSeed = settings => ({
    ...(settings.model && { model: settings.model }),
    ...(settings.seed && { seed: settings.seed }),
});

const common = (settings, duration) => ({
    prompt: promptOf(settings, duration),
    ...modelAndSeed(settings),
    ...(settings.mode === 'continue' && { extendAfterSeconds: settings.seconds }),
    ...(settings.mode === 'vary' && settings.pitch !== 0 && { pitchSemitones: settings.pitch }),
    ...(settings.mode === 'vary' && settings.stretch !== 1 && { stretch: settings.stretch }),
});

/** The PreviewConfig of the settings, for a source of this duration in seconds. */
export const previewRequest = (settings, duration) => common(settings, duration);

const sampling = settings => ({
    coarseSampling: { steps: settings.coarseSteps, ...(settings.temperature && { temperature: settings.temperature }) },
    fineSampling: { steps: settings.fineSteps },
});

const generation = settings => ({
    ...sampling(settings),
    ...(settings.feedback > 1 && { feedback: settings.feedback }),
});

/** The VampConfig of the settings: raw floats, which can be played as they come. */
export const vampRequest = (settings, duration) => ({
    ...common(settings, duration),
    ...generation(settings),
    ...(settings.stereo && { stereo: settings.stereo }),
    ...(settings.variations > 1 && { variations: settings.variations }),
    // What is not generated sounds as it was; a take is as long as its source, so that the two can be compared at any place.
    ...(settings.mode === 'vary' ? { matchSource: true } : { keepSource: true }),
    output: { encoding: 'OUTPUT_ENCODING_PCM_F32LE' },
});

/** The CompressConfig of the settings. A .vamp file has no room for the sides of STEREO_POLICY_MID. */
export const compressRequest = (settings, duration) => ({
    ...common(settings, duration),
    ...generation(settings),
    ...(settings.stereo && settings.stereo !== 'STEREO_POLICY_MID' && { stereo: settings.stereo }),
});

/**
 * The LiveConfig of the settings. A mask that was painted is one of the whole source, and says nothing about a loop.
 * @param {{sampleRate: number, channels: number, tempo: object, lag: number}} input lag is in seconds
 */
export const liveRequest = (settings, { sampleRate, channels, tempo, lag }) => ({
    sampleRate, channels, tempo,
    prompt: ownPrompt(settings),
    ...modelAndSeed(settings),
    ...sampling(settings),
    marginSeconds: Margin + lag,
});
