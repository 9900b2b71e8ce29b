using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Bodies;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using Testing;

namespace Gateway.Tests.Bodies;

/// <summary>The gateway reserves and routes by what it reads of a body, the model server does what it reads of it: the two must be the same. What stands for the
/// model server here reads the public contracts by the means that both services share.</summary>
public sealed class OneReadingTests
{
    private const int Bodies = 10_000, MostChoices = 1024;

    [Fact]
    public async Task Body_HoweverItIsSpelt_IsReadAlikeByGatewayAndModelServer()
    {
        await using var server = await StartAsync();
        using var client = new HttpClient { BaseAddress = new(server.Urls.Single()) };
        (string Path, (string, string)[] Members)[] routes =
        [
            ("/v1/completions", [("model", "\"m\""), ("prompt", "[\"a\",\"b\"]"), ("max_tokens", "5"), ("n", "2")]),
            ("/v1/chat/completions", [("model", "\"m\""), ("messages", "[{\"role\":\"user\",\"content\":\"a\"}]"), ("max_tokens", "5"), ("max_completion_tokens", "4"), ("n", "2")]),
            ("/v1/responses", [("model", "\"m\""), ("input", "[{\"role\":\"user\",\"content\":\"a\"}]"), ("max_output_tokens", "5"), ("instructions", "\"b\"")]),
            ("/v1/generate", [("text", "\"a\""), ("model", "\"m\""), ("max_length", "5")]),
            ("/v1/batch-generate", [("requests", "[{\"text\":\"a\",\"max_length\":3},{\"text\":\"b\",\"max_length\":4}]"), ("batch_id", "\"b\"")]),
            ("/predict", [("text", "\"a\""), ("model", "\"m\""), ("max_length", "5")]),
        ];
        var bodies = new MutatedBodies(seed: 11);
        var (taken, refused) = (0, 0);
        for (var i = 0; i < Bodies; i++)
        {
            var (path, members) = routes[i % routes.Length];
            var body = bodies.Next(members);
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await client.PostAsync(path, content);
            if (!answer.IsSuccessStatusCode)
            {
                Assert.InRange((int)answer.StatusCode, 400, 499);
                refused++;
                continue;
            }

            taken++;
            var took = (await answer.Content.ReadFromJsonAsync<Took>(TestModels.Json))!;
            var facts = RequestFacts.Read(BodyForms.Of(path), body);
            var read = new Took(facts.Model, facts.CompletionTokens, facts.Choices, took.IsExact);
            // An item of a batch that fails alone costs nothing; the gateway need not see that it will.
            Assert.True(took == read || (!took.IsExact && read.Tokens >= took.Tokens), $"Body {i} for {path}: the model server took {took}, the gateway {read}: {Encoding.UTF8.GetString(body)}");
        }

        Assert.True(taken > Bodies / 4 && refused > Bodies / 4, $"{taken} were taken, {refused} refused.");
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(TestTokens.Settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapPost("/v1/completions", (CompletionsRequest r) => r.Prompt is { Count: > 0 } ? Take(r.Model, r.MaxTokens ?? 16, r.N, r.Prompt.Count) : Refuse()).AllowAnonymous();
        app.MapPost("/v1/chat/completions", (ChatCompletionsRequest r) => Take(r.Model, r.MaxCompletionTokens ?? r.MaxTokens, r.N, 1)).AllowAnonymous();
        app.MapPost("/v1/responses", (ResponsesRequest r) => Take(r.Model, r.MaxOutputTokens, null, 1)).AllowAnonymous();
        app.MapPost("/v1/generate", (GenerateRequest r) => Take(r.Model, r.MaxLength ?? 128, null, 1)).AllowAnonymous();
        app.MapPost("/v1/batch-generate", TakeBatch).AllowAnonymous();
        app.MapPost("/predict", (PredictRequest r) => Take(r.Model, null, null, 1)).AllowAnonymous();
        await app.StartAsync();
        return app;
    }

    private static IResult TakeBatch(BatchGenerateRequest batch, IOptions<JsonOptions> json)
    {
        var items = batch.Requests?.Select(Read).ToArray() ?? [];
        if (items is []) return Refuse();
        var models = items.Select(i => i?.Model).Distinct().ToArray();
        return Results.Ok(new Took(models is [var one] ? one : null, items.Sum(i => i is null ? 0L : i.MaxLength ?? 128), 1, !items.Contains(null)));

        GenerateRequest? Read(JsonElement item)
        {
            try
            {
                return item.Deserialize<GenerateRequest>(json.Value.SerializerOptions) is { MaxLength: not < 0 } read ? read : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    private static IResult Take(string? model, int? each, int? n, int prompts)
        => n is < 1 or > MostChoices || each < 0 ? Refuse() : Results.Ok(new Took(model, each * (long)(n ?? 1) * prompts, (n ?? 1) * prompts));

    private static IResult Refuse() => Results.BadRequest();

    private sealed record Took(string? Model, long? Tokens, int Choices, bool IsExact = true);
}
