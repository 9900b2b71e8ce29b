using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.Batching;
using ModelServer.Caching;
using ModelServer.Classify;
using ModelServer.Embed;
using ModelServer.Generate;
using ModelServer.Health;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Rerank;
using ModelServer.Telemetry;
using ModelServer.Tokenization;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.ConfigureHttpJsonOptions(json =>
{
    json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
    json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
    json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
});
builder.Services.AddSingleton<GpuMemory>();
builder.Services.AddSingleton<ModelServerMetrics>();
builder.AddInference();
builder.AddResultCache();
builder.AddModels();
builder.AddClassify();
builder.AddEmbed();
builder.AddRerank();
builder.AddGenerate();
builder.AddOpenAI();
builder.AddTokenization();

var app = builder.Build();
app.UseServiceDefaults();
app.UseMiddleware<RequestDeadline>();
app.MapServiceDefaults();
app.MapHealth();
app.MapModels();
app.MapClassify();
app.MapEmbed();
app.MapRerank();
app.MapGenerate();
app.MapOpenAI();
app.MapTokenization();
app.Run();
