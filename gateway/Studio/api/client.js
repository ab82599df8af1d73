import { readEvents } from './events.js';
import { Problem } from './problem.js';

const KeyName = 'api-key';

/** Gateways that know their callers want a key; it lasts as long as the tab. */
export const setKey = key => sessionStorage.setItem(KeyName, key);

/** The key; null = none is known. */
export const getKey = () => sessionStorage.getItem(KeyName);

const headers = own => {
    const key = getKey();
    return key ? { ...own, 'x-api-key': key } : own;
};

/** Sends a request of the proto's own JSON with audio, the request first, so that the gateway can begin while audio comes in. */
async function post(path, { request, audio, accept, signal }) {
    const form = new FormData();
    form.append('request', new Blob([JSON.stringify(request)], { type: 'application/json' }), 'request.json');
    form.append('audio', audio, audio.name || 'audio');
    return answer(await fetch(path, { method: 'POST', body: form, headers: headers({ Accept: accept }), signal }));
}

async function answer(response) {
    if (!response.ok) throw await Problem.of(response);
    return response;
}

const json = async response => (await response).json();

/** The models that requests may name, the default first. */
export const listModels = async () => (await json(fetch('v1/models', { headers: headers() }).then(answer))).models ?? [];

/** What a model can do: its presets, codebooks, temperature and limits. */
export const getModel = name => json(fetch(`v1/models/${encodeURIComponent(name)}`, { headers: headers() }).then(answer));

/** What the gateway says to a live session that is none, which is 426 to whoever may have one. Always a problem. */
export const askLive = () => fetch('v1/live', { headers: headers() }).then(answer);

/** What a prompt would keep of the audio. */
export const preview = (request, audio, signal) => json(post('v1/preview', { request, audio, accept: 'application/json', signal }));

/** Where the beats of the audio are. */
export const beats = (request, audio, signal) => json(post('v1/beats', { request, audio, accept: 'application/json', signal }));

/** The .vamp file that a request makes of the audio. */
export const compress = (request, audio, signal) =>
    post('v1/compress', { request, audio, accept: 'application/octet-stream', signal }).then(response => response.blob());

/** The audio itself in another file format: everything is kept, so nothing is generated. */
export const convert = (audio, type, signal) =>
    post('v1/vamp', { request: { prompt: { all: {} }, keepSource: true }, audio, accept: type, signal })
        .then(response => response.blob());

/** The events of a vamp: each the JSON of a VampResponse. Throws the problem that ends it, if one does. */
export async function* vamp(request, audio, signal) {
    const response = await post('v1/vamp', { request, audio, accept: 'text/event-stream', signal });
    for await (const { event, data } of readEvents(response.body)) {
        const content = JSON.parse(data);
        if (event === 'error') throw new Problem(content);
        yield content;
    }
}
