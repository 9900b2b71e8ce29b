using System.Net.Http.Json;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Testing;

namespace Gateway.Tests.Proxy;

public sealed class BrokenStreamTests
{
    [Theory]
    [InlineData("die", "unavailable")]
    [InlineData("half", "unavailable")]
    [InlineData("silent", "deadline_exceeded")]
    public async Task Events_OfAReplicaThatFails_EndWithAnErrorAndWithoutDone(string how, string code)
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: how == "silent" ? [("Proxy:ActivityTimeout", "00:00:00.5")] : []);
        var received = new TaskCompletionSource();
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                context.Response.ContentType = "text/event-stream; charset=utf-8";
                await context.Response.WriteAsync("data: {\"n\":1}\n\n" + (how == "half" ? "data: {\"n\"" : ""));
                await context.Response.Body.FlushAsync();
                if (how == "silent") await Task.Delay(Timeout.Infinite, context.RequestAborted);
                // Cut earlier, what was sent might never arrive.
                await received.Task;
                context.Abort();
            };
        }

        using var client = gateway.CreateInferClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(new { stream = true }) };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("data: {\"n\":1}", await reader.ReadLineAsync());
        received.SetResult();
        var rest = await reader.ReadToEndAsync();

        Assert.StartsWith("\ndata: {\"error\":{\"message\":", rest, StringComparison.Ordinal);
        Assert.EndsWith($"\"code\":\"{code}\"}}}}\n\n", rest, StringComparison.Ordinal);
        Assert.Equal(1, rest.Split("data:").Length - 1);
        Assert.Equal(1, gateway.Replicas.Sum(r => r.Count));
    }

    /// <summary>Text Generation Inference's clients read <c>error</c> as a text; they got OpenAI's object.</summary>
    [Fact]
    public async Task Events_OfTextGenerationInference_EndWithAnErrorInItsForm()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("Proxy:ActivityTimeout", "00:00:00.5")]);
        gateway.Replica.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data:1\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync("/generate_stream", new { inputs = "Once" });

        const string error = """{"error":"The deadline passed, or the model server fell silent.","error_type":"generation"}""";
        Assert.Equal($"data:1\n\ndata: {error}\n\n", await response.Content.ReadAsStringAsync());
    }

    /// <summary>Clients of Responses know errors by the event's name and type.</summary>
    [Fact]
    public async Task Events_OfResponses_EndWithAnErrorInTheirForm()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("Proxy:ActivityTimeout", "00:00:00.5")]);
        gateway.Replica.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("event: response.created\ndata: {}\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync("/v1/responses", new { input = "Once" });

        const string error = """{"type":"error","sequence_number":0,"code":"deadline_exceeded","message":"The deadline passed, or the model server fell silent."}""";
        Assert.Equal($"event: response.created\ndata: {{}}\n\nevent: error\ndata: {error}\n\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Events_WithinADeadline_EndWithAnErrorWhenItPasses()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(time: clock);
        gateway.Replica.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add("x-deadline-ms", "1500");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(new { stream = true }) };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var first = await reader.ReadLineAsync();
        clock.Advance(TimeSpan.FromMilliseconds(1500));
        var text = $"{first}\n{await reader.ReadToEndAsync()}";

        Assert.StartsWith("data: 1\n\ndata: {\"error\":", text, StringComparison.Ordinal);
        Assert.Contains("deadline_exceeded", text, StringComparison.Ordinal);
    }
}
