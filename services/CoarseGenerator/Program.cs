using VampNet.Services.CoarseGenerator;
using VampNet.Services.Hosting;
using VampNet.Services.Inference.Generation;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(CoarseGeneratorStage.Port);
builder.AddCoarseGenerator();
var app = builder.Build();
app.MapStageDefaults();
app.MapGenerator();
app.Run();
