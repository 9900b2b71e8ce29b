using Gateway.Administration;
using Gateway.ApiDocs;
using Gateway.Audit;
using Gateway.Authentication;
using Gateway.Bodies;
using Gateway.Console;
using Gateway.Deadlines;
using Gateway.Drift;
using Gateway.Edge;
using Gateway.Feedback;
using Gateway.Health;
using Gateway.OpenInference;
using Gateway.Proxy;
using Gateway.RateLimiting;
using Gateway.Replicas;
using Gateway.Rollouts;
using Gateway.Routing;
using Gateway.Telemetry;
using Gateway.Usage;
using Microsoft.Extensions.Options;
using ServiceDefaults;

if (ProbeCommand.Ran(args)) return;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddEdge();
builder.AddGatewayMetrics();
builder.TryAddRedis();
builder.AddBodies();
builder.AddRouting();
builder.AddReplicas();
builder.AddRollouts();
builder.AddRolloutControl();
builder.AddProxy();
builder.AddPlatformHealth();
builder.AddApiKeys();
builder.AddAudit();
builder.AddUsage();
builder.AddClientRateLimit();
builder.AddApiDocs();

var app = builder.Build();
if (app.RanToken(args)) return;

// Before anything reads a setting: so that every wrong one is named, not just the first.
app.Services.GetRequiredService<IStartupValidator>().Validate();

app.UseDeadlines();
app.UseGatewayMetrics();
app.UseAudit();
app.UseEdge();
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
app.MapConsole();
app.MapApiKeys();
app.MapUsage();
app.MapReplicas();
app.MapModels();
app.MapDrift();
app.MapFeedback();
app.MapLive();
app.MapOpenInference();
app.MapProxy();

app.Run();
