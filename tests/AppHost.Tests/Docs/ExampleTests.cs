using System.Text;
using AppHost.Tests.Platform;

namespace AppHost.Tests.Docs;

/// <summary>What the documentation page offers to try.</summary>
[Collection(PlatformCollection.Name)]
public class ExampleTests(RunningPlatform platform)
{
    [Fact]
    public async Task Examples_OfRequests_SucceedUnchanged()
    {
        using var client = platform.CreateClient(RunningPlatform.CreateToken("infer admin models:read metrics"));
        var document = await ApiDocument.ReadAsync(client);
        var check = new AnswerCheck(document);
        // What is done to one of many is not done to its name in braces.
        var operations = document.Operations.Where(o => o.RequestSchema is not null && !o.Path.Contains('{', StringComparison.Ordinal)).ToArray();
        Assert.True(operations.Length >= 18, $"{operations.Length} operations take a body.");
        // What there can be feedback on.
        using var classification = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new StringContent("{\"text\":\"fine\"}", Encoding.UTF8, "application/json") };
        classification.Headers.Add("x-request-id", "review-4711");
        (await client.SendAsync(classification)).Dispose();
        foreach (var operation in operations)
        {
            Assert.True(operation.RequestExample is not null, $"{operation} has no example.");
            var body = operation.RequestExample.ToJsonString();
            using var request = new DocumentedRequest(operation, new(new HttpMethod(operation.Method), operation.Path.Replace("{name}", "sentiment", StringComparison.Ordinal)) { Content = new StringContent(body, Encoding.UTF8, "application/json") }, body, null);

            using var response = await client.SendAsync(request.Message);

            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{operation}: {(int)response.StatusCode} {answer}");
            Assert.Null(check.Fault(request, response, answer));
        }
    }

    [Fact]
    public async Task Examples_OfBodiesAndAnswers_AreWhatTheirSchemasSay()
    {
        using var client = platform.CreateClient(null);
        var document = await ApiDocument.ReadAsync(client);
        var check = new SchemaCheck(document);
        foreach (var operation in document.Operations)
        {
            var answers = operation.Json["responses"]!.AsObject().SelectMany(r => r.Value!["content"]?.AsObject().Select(c => c.Value) ?? []);
            foreach (var media in answers.Append(operation.RequestMedia).Where(m => m?["example"] is not null))
                Assert.Null(check.Fault(media!["example"], media["schema"]!));
        }
    }
}
