using AppHost.Tests.Platform;

namespace AppHost.Tests.OpenAI;

/// <summary>The npm client of OpenAI, unchanged, through the gateway.</summary>
[Collection(PlatformCollection.Name)]
public class NpmClientTests(RunningPlatform platform)
{
    [NpmClientTheory]
    [InlineData("completion")]
    [InlineData("completion stream")]
    [InlineData("completion prompts and stop")]
    [InlineData("completion seed")]
    [InlineData("chat")]
    [InlineData("chat stream")]
    [InlineData("chat stream helper")]
    [InlineData("embeddings")]
    [InlineData("models")]
    [InlineData("unauthorized")]
    [InlineData("forbidden")]
    [InlineData("not found")]
    [InlineData("bad request")]
    [InlineData("rate limit")]
    [InlineData("abort")]
    [InlineData("deadline")]
    public async Task Client_DocumentedCall_IsAnswered(string name)
    {
        using var gateway = platform.CreateClient(null);
        var environment = new Dictionary<string, string>
        {
            ["URL"] = gateway.BaseAddress!.ToString().TrimEnd('/'),
            ["TOKEN"] = RunningPlatform.CreateToken(),
            ["LISTING_TOKEN"] = RunningPlatform.CreateToken(scope: "models:read"),
            ["MODEST_TOKEN"] = RunningPlatform.CreateToken(subject: $"modest {Guid.NewGuid()}", tier: "default"),
        };

        Assert.Equal("", await NpmClient.RunAsync(name, environment));
    }
}
