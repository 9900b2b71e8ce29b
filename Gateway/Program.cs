using Gateway.ApiDocs;
using Gateway.Audit;
using Gateway.Authentication;
using Gateway.Browsers;
using Gateway.Edge;
using Gateway.Health;
using Gateway.Proxy;
using Gateway.RateLimiting;
using Gateway.Replicas;
using Gateway.Telemetry;
using Gateway.Usage;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddEdge();
builder.AddGatewayMetrics();
builder.TryAddRedis();
builder.AddReplicas();
builder.AddProxy();
builder.AddPlatformHealth();
builder.AddApiKeys();
builder.AddAudit();
builder.AddClientRateLimit();
builder.AddBrowsers();
builder.AddApiDocs();

var app = builder.Build();

app.UseGatewayMetrics();
app.UseAudit();
app.UseEdge();
app.UseBrowsers();
app.UseApiDocs();
app.UseServiceDefaults();
app.UseAuditedInput();
app.UseUsageCapture();
app.UseClientRateLimit();
app.UseModelAccess();
app.UseOutputCache();

app.MapServiceDefaults();
app.MapHome();
app.MapPlatformHealth();
app.MapApiDocs();
app.MapApiKeys();
app.MapUsage();
app.MapReplicas();
app.MapProxy();

app.Run();
