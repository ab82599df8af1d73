import { beats, getModel, listModels, setKey } from './api/client.js';
import { Problem } from './api/problem.js';
import { Player } from './audio/player.js';
import { Recorder } from './audio/recorder.js';
import { Source } from './audio/source.js';
import { Generation } from './generation.js';
import { MaskPreview } from './mask-preview.js';
import { Mask } from './prompt/mask.js';
import { previewRequest } from './prompt/request.js';
import { defaults, fromLink, toLink } from './prompt/settings.js';
import { Takes } from './takes.js';
import { $, announce, clock, make } from './view/elements.js';
import { listenToKeys } from './view/keys.js';
import { LivePanel } from './view/live-panel.js';
import { FrameSeconds, MaskView } from './view/mask-view.js';
import { hideProblem, showProblem } from './view/problem-view.js';
import { SettingsPanel } from './view/settings-panel.js';
import { Timeline } from './view/timeline.js';
import { Transport } from './view/transport.js';
import { Waveform } from './view/waveform.js';

// For tests of what is heard, which cannot hear.
export { Track } from './audio/track.js';
export { Voice } from './audio/voice.js';
export { RoundPlayer } from './live/round-player.js';

const ExampleFile = 'through-space.flac';

const player = new Player();
const timeline = new Timeline();
const waveform = new Waveform();
const maskView = new MaskView();
const panel = new SettingsPanel();
const preview = new MaskPreview();
const live = new LivePanel(() => panel.settings);
const transport = new Transport(player, (position, isPlaying) => timeline.setPosition(position, isPlaying));
const takes = new Takes({ onProblem: fail, linkName: source => source.name });

let source = null;
let generation = null;
let recorder = null;
let tracking = new AbortController();
let linkTimer = 0;

function fail(error) { panel.setProblem(showProblem(error)); }

/** Takes music to work on, whatever it comes from; what is there stays if it cannot be read. */
async function open(load, plays = false) {
    try {
        document.body.classList.add('busy');
        await use(await load(), plays);
    } catch (error) {
        fail(error);
    } finally {
        document.body.classList.remove('busy');
    }
}

/** @param {boolean} plays whether it sounds at once, before anything is drawn; a browser without sound is not waited for */
async function use(next, plays = false) {
    source = next;
    player.region = null;
    transport.setA(source.track);
    live.setTrack(source.track);
    if (plays) await Promise.race([player.play(), new Promise(resolve => setTimeout(resolve, 300))]);
    hideProblem();
    $('empty').hidden = true;
    for (const id of ['timeline', 'settings']) $(id).hidden = false;
    $('source-facts').textContent = `${source.name} · ${clock(source.duration)}`;
    timeline.setBeats({ beats: [], downbeats: [] });
    timeline.setDurations(source.duration, 0);
    for (const id of ['from', 'to']) $(id).max = source.duration;
    // A mask that was painted for other music means nothing here; one from a link is for this music.
    if (panel.settings.mask?.frames !== Math.ceil(source.duration / FrameSeconds - 1e-6)) panel.mask = null;
    panel.setRegion(limit(panel.settings));
    waveform.show(source.track).then(() => waveform.setRegion(regionOf(panel.settings)));
    trackBeats(source);
    announce(`${source.name} is open.`);
}

/** A region that lies in the source. */
const limit = ({ from, to }) => ({ from: Math.min(from, source.duration), to: Math.min(to, source.duration) });

const regionOf = ({ mode, from, to }) => mode === 'region' && to > from ? { from, to } : null;

async function trackBeats(of) {
    tracking.abort();
    tracking = new AbortController();
    try {
        const found = await beats({ model: panel.settings.model }, of.file, tracking.signal);
        timeline.setBeats({ beats: found.beats ?? [], downbeats: found.downbeats ?? [] });
        const tempo = found.tempo > 0 ? ` · ${Math.round(found.tempo)} bpm` : '';
        $('source-facts').textContent = `${of.name} · ${clock(of.duration)}${tempo}`;
    } catch {
        // The marks alone are missing; whatever else the gateway lacks is said by what needs it.
    }
}

/** The settings are others: the mask, the region, the link. */
function changed() {
    const { settings } = panel;
    const region = regionOf(settings);
    waveform.setRegion(region);
    player.region = region;
    if (player.isLooping) player.setLoop(true, region);
    live.update(region);
    if (!source) return;
    if (settings.mode !== 'region' || region) preview.ask(previewRequest(settings, source.duration), source.file);
    // Not at each step of a slider: browsers take only so many addresses.
    clearTimeout(linkTimer);
    linkTimer = setTimeout(async () => history.replaceState(null, '', `#${await toLink(settings, source.name)}`), 300);
}

preview.addEventListener('mask', ({ detail: { mask, figures } }) => {
    const seconds = mask.frames * FrameSeconds;
    timeline.setDurations(source.duration, panel.settings.mode === 'continue' ? source.duration + panel.settings.seconds : seconds);
    timeline.setLayer($('mask'), seconds);
    maskView.show(Mask.of(mask));
    const share = Number(figures.visibleTokens ?? 0) / Number(figures.totalTokens);
    $('figures').textContent = `${(100 * share).toFixed(1)} % kept · ${Math.round(figures.bitsPerSecond ?? 0)} bit/s`;
    panel.setProblem({});
});
preview.addEventListener('problem', ({ detail }) => fail(detail));

async function generate() {
    if (generation) return;
    if (!source) return fail(new Error('There is no music yet: choose a file, record some, or hear the example.'));
    const { settings } = panel;
    if (settings.mode === 'region' && !regionOf(settings))
        return fail(new Error('There is no region yet: drag over the waveform, or say from when to when.'));
    hideProblem();
    panel.setProblem({});
    generation = new Generation(source, settings, takes.next);
    takes.add(generation.takes);
    $('cancel').hidden = false;
    $('generate').disabled = true;
    $('takes').scrollIntoView({ block: 'nearest' });
    announce('It is being played anew.');
    let isHeard = !$('play-at-once').checked;
    generation.addEventListener('progress', ({ detail }) => takes.card(detail.take)?.setProgress(detail.progress));
    generation.addEventListener('grown', ({ detail }) => takes.card(detail.take)?.draw());
    generation.addEventListener('hearable', ({ detail: { take } }) => {
        takes.card(take)?.setHearable();
        if (isHeard) return;
        isHeard = true;
        hear(take, settings.mode === 'vary' ? 0 : Math.max(0, settings.from - 1));
    });
    generation.addEventListener('done', ({ detail: { take } }) => takes.card(take)?.setDone());
    try {
        if (!await generation.run()) announce('Stopped.');
    } catch (error) {
        fail(error);
    } finally {
        for (const take of generation.takes.filter(take => !take.summary)) takes.remove(take);
        generation = null;
        $('cancel').hidden = true;
        $('generate').disabled = false;
    }
}

function stop() {
    generation?.cancel();
    live.stop();
}

function hear(take, position) {
    transport.setB(take.track, position);
    player.play();
}

live.addEventListener('start', () => {
    hideProblem();
    panel.setProblem({});
    player.pause();
});
live.addEventListener('problem', ({ detail }) => fail(detail));
live.addEventListener('keep', ({ detail: { round, track } }) => takes.keep(round, track, source?.name ?? 'microphone'));
takes.addEventListener('hear', ({ detail }) => hear(detail));
takes.addEventListener('removed', ({ detail }) => transport.clearB(detail.track));
takes.addEventListener('reuse', ({ detail }) => use(detail));
transport.addEventListener('heard', ({ detail }) => takes.setHeard(detail));
panel.addEventListener('change', changed);
maskView.addEventListener('painted', () => { panel.mask = maskView.mask.toJson(); });
maskView.addEventListener('seek', ({ detail }) => player.seek(timeline.timeAt(detail)));
timeline.addEventListener('seek', ({ detail }) => player.seek(detail));
waveform.addEventListener('seek', ({ detail }) => player.seek(detail));
waveform.addEventListener('region', ({ detail }) => panel.setRegion(detail, panel.settings.mode === 'continue' ? 'continue' : 'region'));

const openExample = plays => open(async () => {
    const response = await fetch(ExampleFile);
    if (!response.ok) throw await Problem.of(response);
    return Source.ofFile(new File([await response.blob()], ExampleFile, { type: 'audio/flac' }));
}, plays);

async function record() {
    const isRecording = !recorder;
    try {
        if (isRecording) {
            recorder = await Recorder.start();
        } else {
            const [ended, number] = [recorder, record.count = (record.count ?? 0) + 1];
            recorder = null;
            await open(async () => Source.ofRecording(await ended.stop(), `recording-${number}`));
        }
        showRecording(isRecording);
        announce(isRecording ? 'Recording.' : 'Recorded.');
    } catch (error) {
        fail(error);
    }
}

let clockTimer = 0;

function showRecording(isRecording) {
    clearInterval(clockTimer);
    $('record').textContent = isRecording ? 'Stop recording' : 'Record';
    $('record').setAttribute('aria-pressed', String(isRecording));
    $('recorded').textContent = '';
    const begin = performance.now();
    if (isRecording) clockTimer = setInterval(() => { $('recorded').textContent = clock((performance.now() - begin) / 1000, 0); }, 250);
}

for (const id of ['example', 'try']) $(id).addEventListener('click', () => openExample(true));
$('try-live').addEventListener('click', () => {
    $('empty').hidden = true;
    $('settings').hidden = false;
    live.open();
    $('live-start').focus();
});
$('choose').addEventListener('click', () => $('file').click());
$('file').addEventListener('change', () => {
    const [file] = $('file').files;
    if (file) open(() => Source.ofFile(file));
    $('file').value = '';
});
$('record').addEventListener('click', record);
$('settings').addEventListener('submit', event => {
    event.preventDefault();
    generate();
});
$('cancel').addEventListener('click', stop);
$('unpaint').addEventListener('click', () => { panel.mask = null; });
$('problem-close').addEventListener('click', hideProblem);
$('show-spectrogram').addEventListener('change', event => { waveform.showsSpectrogram = event.target.checked; });
$('model').addEventListener('change', () => chooseModel().then(changed).catch(fail));

for (const type of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(type, event => {
        event.preventDefault();
        document.body.classList.toggle('dropping', type === 'dragover');
        const file = type === 'drop' && event.dataTransfer.files[0];
        if (file) open(() => Source.ofFile(file));
    });
}

const bound = (name, mode) => panel.setRegion({ [name]: Math.round(player.position * 100) / 100 }, mode);
const step = direction => event => player.seek(player.position + direction * (event.shiftKey ? 0.1 : 1));

listenToKeys([
    { keys: [' '], what: 'play and pause', run: () => player.toggle() },
    { keys: ['A', 'B'], what: 'source against take', run: () => transport.toggleAB() },
    { keys: ['L'], what: 'loop the region, or all of it', run: () => player.setLoop(!player.isLooping) },
    { keys: ['ArrowLeft'], what: 'a second back (with Shift a tenth)', run: step(-1) },
    { keys: ['ArrowRight'], what: 'a second on (with Shift a tenth)', run: step(1) },
    { keys: ['Home'], what: 'to the start', run: () => player.seek(0) },
    { keys: ['['], what: 'the region begins here', run: () => bound('from', panel.settings.mode === 'vary' ? 'region' : undefined) },
    { keys: [']'], what: 'the region ends here', run: () => bound('to', 'region') },
    { keys: ['G'], what: 'play it anew', run: generate },
    { keys: ['Escape'], what: 'stop what is being made, and the live loop', run: stop },
    { keys: ['V'], what: 'start and stop the live loop', run: () => live.toggle() },
    { keys: ['K'], what: 'keep the round that is heard as a take', run: () => live.keep() },
    { keys: ['R'], what: 'record, and end recording', run: record },
    { keys: ['?'], what: 'these keys', run: () => $('help').showModal() },
    ...Array.from({ length: 9 }, (_, i) => i + 1).map(number => ({
        keys: [String(number)], what: `hear take ${number}`,
        run: () => takes.all.filter(take => take.number === number && take.track).forEach(take => hear(take)),
    })),
]);

/** What the chosen model can do. */
async function chooseModel() {
    const { codec, coarse, limits } = await getModel($('model').value);
    panel.setModel({ presets: coarse.presets, temperature: coarse.temperature ?? 1, codebooks: codec.codebooks });
    $('variations').max = limits.maxVariations;
}

/** What a link asks for; the audio, only if it is the example: nobody else's music is in a link. */
async function restore() {
    const link = location.hash.length > 1 ? await fromLink(location.hash.slice(1)) : null;
    panel.settings = link?.settings ?? { ...defaults, preset: firstPreset() };
    if (!link) return;
    await chooseModel();
    panel.settings = link.settings;
    if (link.audio === ExampleFile) return openExample(false);
    fail(new Error(`This link is for ${link.audio}: open that file, and everything else is as it was.`));
}

const firstPreset = () =>
    (document.querySelector('input[name=preset][value=medium-variation]') ?? document.querySelector('input[name=preset]')).value;

async function start() {
    try {
        const models = await listModels();
        $('model').replaceChildren(...models.map(({ name, package: of, version, adapter }) => make('option', { value: name },
            [name, of && of !== name && `(${of} ${version})`, adapter && `+ ${adapter}`].filter(Boolean).join(' '))));
        await chooseModel();
        await restore();
    } catch (error) {
        fail(error);
    }
}

$('key-form').addEventListener('submit', event => {
    event.preventDefault();
    setKey($('key').value.trim());
    hideProblem();
    start();
});

await start();
