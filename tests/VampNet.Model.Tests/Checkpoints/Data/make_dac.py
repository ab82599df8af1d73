"""Writes the dac_* files of this folder with PyTorch (1.13 here) and the descript-audio-codec sources. Run: python3 make_dac.py

dac_weights.pth   a tiny DAC with random weights, under the names that PyTorch 2 gives weight-normed tensors, and with
                  two arguments that no DAC has
dac_package.pth   the same model as a torch.package, its Python sources emptied
dac_*.npy         audio, its codes, and what they decode to
"""
import collections, io, pathlib, zipfile
import numpy as np, torch
from dac.model.dac import DAC
torch.manual_seed(7)
KWARGS = dict(encoder_dim=4, encoder_rates=[2, 4], latent_dim=None, decoder_dim=16, decoder_rates=[4, 2], n_codebooks=3, codebook_size=32, codebook_dim=4, quantizer_dropout=False, sample_rate=44100)
model = DAC(**KWARGS).eval()
with torch.no_grad():
    for name, p in model.named_parameters():
        if name.endswith("weight_g"): p.mul_(0).add_((0.02 if name.startswith("decoder.model.4") else 1.0) * (0.7 + 0.6 * torch.rand_like(p)))
        elif name.endswith("bias"): p.copy_(0.1 * torch.randn_like(p))
        elif name.endswith("alpha"): p.copy_(0.5 + torch.rand_like(p))
out = pathlib.Path(__file__).parent
audio = 0.3 * torch.randn(1, 1, 300)
with torch.no_grad():
    z, codes, latents, _, _ = model.encode(model.preprocess(audio, 44100))
    restored = model.decode(model.quantizer.from_codes(codes)[0])
np.save(out / "dac_audio.npy", audio.numpy()); np.save(out / "dac_codes.npy", codes.numpy()); np.save(out / "dac_restored.npy", restored.numpy())
print(codes.shape, restored.shape, restored.abs().mean(), [len(set(codes[0, i].tolist())) for i in range(3)])
# weights, under the names that torch.nn.utils.parametrizations.weight_norm gives (PyTorch 2)
state = collections.OrderedDict((k.replace(".weight_g", ".parametrizations.weight.original0").replace(".weight_v", ".parametrizations.weight.original1"), v) for k, v in model.state_dict().items())
torch.save({"state_dict": state, "metadata": {"kwargs": {**KWARGS, "causal": True, "note": "what no DAC knows"}}}, out / "dac_weights.pth")
# torch.package
from torch.package import PackageExporter
buffer = io.BytesIO()
model.metadata = {"kwargs": KWARGS}
with PackageExporter(buffer) as exporter:
    exporter.intern("dac.**"); exporter.extern(["audiotools.**", "einops", "numpy.**"])
    exporter.save_pickle("DAC", "DAC.pth", model)
    exporter.save_pickle("DAC", "DAC.metadata", model.metadata)
buffer.seek(0)
source = zipfile.ZipFile(buffer)
with zipfile.ZipFile(out / "dac_package.pth", "w", zipfile.ZIP_STORED) as target:  # without the sources
    for info in source.infolist():
        target.writestr(zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0)), b"" if info.filename.endswith(".py") else source.read(info.filename))
