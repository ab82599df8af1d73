using VampNet.Core;
using VampNet.Services.Codec;
using VampNet.Services.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(StageInfo.Codec.Port);
builder.AddCodec();
var app = builder.Build();
app.MapStageDefaults();
app.MapCodec();
app.Run();
