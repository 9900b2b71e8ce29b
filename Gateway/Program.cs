using Gateway.ApiDocs;
using Gateway.Edge;
using Gateway.Health;
using Gateway.Proxy;
using Gateway.RateLimiting;
using Gateway.Replicas;
using Gateway.Telemetry;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddEdge();
builder.AddGatewayMetrics();
builder.AddReplicas();
builder.AddProxy();
builder.AddPlatformHealth();
builder.AddClientRateLimit();
builder.AddApiDocs();

var app = builder.Build();

app.UseGatewayMetrics();
app.UseEdge();
app.UseApiDocs();
app.UseServiceDefaults();
app.UseRateLimiter();
app.UseOutputCache();

app.MapServiceDefaults();
app.MapHome();
app.MapPlatformHealth();
app.MapApiDocs();
app.MapReplicas();
app.MapProxy();

app.Run();
