using VampNet.Gateway;
using VampNet.Services.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(GatewayStage.Port, GatewayStage.HttpPort);
builder.AddGateway();
var app = builder.Build();
app.MapStageDefaults();
app.MapGateway();
app.Run();
