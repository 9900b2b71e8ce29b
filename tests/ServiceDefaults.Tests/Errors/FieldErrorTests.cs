using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;

namespace ServiceDefaults.Tests.Errors;

/// <summary>One error without a status; the route says which it is.</summary>
public sealed class FieldErrorTests
{
    private const string Refusal = """{"error":{"message":"n must be at least 1.","type":"invalid_request_error","param":"n","code":"field_invalid"}}""";

    [Theory]
    [InlineData("/v1/openai", HttpStatusCode.BadRequest)]
    [InlineData("/v1/native", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/v1/silent", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/v1/late/openai", HttpStatusCode.BadRequest)]
    [InlineData("/v1/late/native", HttpStatusCode.UnprocessableEntity)]
    public async Task WrongField_AnyRoute_HasTheRoutesStatusAndOneBody(string path, HttpStatusCode status)
    {
        await using var service = await StartAsync();

        using var answer = await service.PostAsync(path, JsonContent.Create(new { n = 0 }));

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(Refusal, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Validate_NothingWrong_LetsTheRequestThrough()
    {
        await using var service = await StartAsync();

        using var answer = await service.PostAsync("/v1/openai", JsonContent.Create(new { n = 1 }));

        Assert.Equal("served", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Validate_Refuses_BeforeTheEndpointRuns()
    {
        var served = 0;
        await using var service = await StartAsync(() => served++);

        using var answer = await service.PostAsync("/v1/openai", JsonContent.Create(new { n = 0 }));

        Assert.Equal(0, served);
    }

    private static Task<TestService> StartAsync(Action? served = null) => TestService.StartAsync(app =>
    {
        var group = app.MapGroup("/v1").AllowAnonymous();
        group.MapPost("/openai", Serve).WithInvalidFieldStatus(400).Validate<Request>(Check);
        group.MapPost("/native", Serve).WithInvalidFieldStatus(422).Validate<Request>(Check);
        group.MapPost("/silent", Serve).Validate<Request>(Check);
        group.MapPost("/late/openai", Refuse).WithInvalidFieldStatus(400);
        group.MapPost("/late/native", Refuse).WithInvalidFieldStatus(422);

        string Serve(Request request)
        {
            served?.Invoke();
            return "served";
        }
    });

    private static FieldError? Check(Request request) => request.N < 1 ? new("n", "n must be at least 1.") : null;

    /// <summary>What shows only once the model is known.</summary>
    private static string Refuse(Request request) => throw new InvalidFieldException(Check(request)!);

    private sealed record Request(int N);
}
