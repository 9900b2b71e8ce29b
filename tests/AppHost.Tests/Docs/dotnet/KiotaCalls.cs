using KiotaClient;
using KiotaClient.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

internal static class KiotaCalls
{
    public static async Task<int> RunAsync(HttpClient http)
    {
        using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = http.BaseAddress!.ToString().TrimEnd('/') };
        var (client, checks) = (new PlatformClient(adapter), new Checks());
        checks.That((await client.Predict.PostAsync(new() { Text = "A warm, funny film." }))?.Label == "positive");
        checks.That((await client.V1.Classify.PostAsync(new() { Input = new() { String = "Good." }, TopK = 1 }))?.Results?.Single().Labels?.Count == 1);
        checks.That((await client.V1.Embeddings.PostAsync(new() { Input = new() { String = "A boat." }, Dimensions = 4 }))?.Data?.Single().Embedding?.Double?.Count == 4);
        checks.That((await client.V1.Rerank.PostAsync(new() { Query = "boats", Documents = ["bread", "ships"] }))?.Results?.Count == 2);
        var tokens = await client.V1.Tokenize.PostAsync(new() { Model = "sentiment", Text = "Not bad!" });
        checks.That(tokens?.Count == tokens?.Ids?.Count);
        checks.That((await client.V1.Detokenize.PostAsync(new() { Model = "sentiment", Ids = tokens?.Ids }))?.Text?.Contains("not bad!", StringComparison.Ordinal) == true);
        checks.That((await client.V1.Chat.Completions.PostAsync(new() { Messages = [new() { Role = "user", Content = new() { String = "Tom had a kite." } }], MaxTokens = 4 }))?.Choices?.Single().Message?.Role == "assistant");
        checks.That((await client.V1.Completions.PostAsync(new() { Prompt = new() { String = "Once" }, MaxTokens = 4 }))?.Usage?.CompletionTokens > 0);
        checks.That((await client.V1.Generate.PostAsync(new() { Text = "Once", MaxLength = 4 }))?.GeneratedText?.Length > 0);
        var batch = (await client.V1.BatchGenerate.PostAsync(new() { Requests = [new() { Text = "Once", MaxLength = 4 }] }))?.Results?.Single();
        checks.That(batch?.BatchGenerateResultAnswer?.GeneratedText?.Length > 0);
        checks.That((await client.V1.Models.GetAsync())?.Data?.Any(m => m.Id == "sentiment") == true);
        checks.That((await client.V1.Models["stories"].GetAsync())?.ActiveVersion == "1");
        checks.That((await client.Info.GetAsync(c => c.QueryParameters.Model = "stories"))?.MaxTotalTokens > 0);
        checks.That((await client.Health.GetAsync())?.ModelLoaded == true);
        try
        {
            await client.Predict.PostAsync(new() { Text = "" });
        }
        catch (Problem e)
        {
            checks.That(e is { ResponseStatusCode: 422, Param: "text" });
            return checks.Count;
        }

        throw new InvalidOperationException("An empty text was not refused.");
    }
}
