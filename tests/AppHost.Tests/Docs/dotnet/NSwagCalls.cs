using NSwagClient;

internal static class NSwagCalls
{
    public static async Task<int> RunAsync(HttpClient http)
    {
        var (client, checks) = (new PlatformClient(http), new Checks());
        checks.That((await client.PredictAsync(new() { Text = "A warm, funny film." })).Label == "positive");
        checks.That((await client.ClassifyAsync(new() { Input = "Good.", Top_k = 1 })).Results.Single().Labels.Count == 1);
        checks.That((await client.CreateEmbeddingsAsync(new() { Input = "A boat.", Dimensions = 4 })).Data.Single().Embedding.Count == 4);
        checks.That((await client.TeiEmbedAsync(new() { Inputs = "A boat.", Dimensions = 4 })).Single().Count == 4);
        checks.That((await client.RerankAsync(new() { Query = "boats", Documents = ["bread", "ships"] })).Results.Count == 2);
        var tokens = await client.TokenizeAsync(new() { Model = "sentiment", Text = "Not bad!", Add_special_tokens = true });
        checks.That(tokens.Count == tokens.Ids.Count);
        checks.That((await client.DetokenizeAsync(new() { Model = "sentiment", Ids = tokens.Ids, Skip_special_tokens = true })).Text == "not bad!");
        checks.That((await client.CreateChatCompletionAsync(new() { Messages = [new() { Role = "user", Content = "Tom had a kite." }], Max_tokens = 4 })).Choices.Single().Message.Role == "assistant");
        checks.That((await client.CreateCompletionAsync(new() { Prompt = "Once", Max_tokens = 4, Logit_bias = new Dictionary<string, float> { ["5"] = -100 } })).Usage.Completion_tokens > 0);
        checks.That((await client.GenerateAsync(new() { Text = "Once", Max_length = 4 })).Generated_text.Length > 0);
        checks.That((await client.GenerateBatchAsync(new() { Requests = [new() { Text = "Once", Max_length = 4 }] })).Results.Single().AdditionalProperties.ContainsKey("generated_text"));
        checks.That((await client.ListModelsAsync()).Data.Any(m => m.Id == "sentiment"));
        checks.That((await client.GetModelAsync("stories")).Active_version == "1");
        checks.That((await client.GetHealthAsync()).Model_loaded);
        checks.That((await client.GetUsageAsync(new DateTimeOffset(2030, 1, 31, 0, 0, 0, TimeSpan.Zero))).Data.Count == 0);
        var key = await client.CreateKeyAsync(new() { Name = "nswag", Models = ["sentiment"] });
        checks.That(key.Key.StartsWith("sk-", StringComparison.Ordinal));
        await client.RevokeKeyAsync(key.Id);
        try
        {
            await client.PredictAsync(new() { Text = "" });
        }
        catch (ApiException<Problem> e)
        {
            checks.That(e is { StatusCode: 422, Result.Param: "text" });
            return checks.Count;
        }

        throw new InvalidOperationException("An empty text was not refused.");
    }
}
