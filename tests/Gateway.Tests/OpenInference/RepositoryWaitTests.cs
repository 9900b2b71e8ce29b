using System.Security.Claims;
using System.Text;
using Gateway.Administration;
using Gateway.OpenInference;
using Gateway.Rollouts;
using Gateway.Tests.Administration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.OpenInference;

/// <summary>How long loads and unloads of the protocol wait, by a clock of their own, and what ends them before.</summary>
public sealed class RepositoryWaitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Load_NotDoneInFiveMinutes_Answers504AndGoesOn()
    {
        await using var model = await AdministeredModel.StartAsync();
        var load = RepositoryEndpoints.LoadAsync(AdministeredModel.Name, Services(model), Request("""{"parameters":{"version":"2"}}"""));

        var (status, passed) = await PassAsync(load);

        Assert.Equal(504, status);
        Assert.True(passed >= Patience, $"It waited {passed}.");
        Assert.Equal("2", model.Board.Of(AdministeredModel.Name)!.Trial?.Version);
        var order = model.Board.Of(AdministeredModel.Name)!["2"]!.Order;
        await model.ReportAsync("2", v => v with { State = "ready", Order = order });
        await Eventually.HoldsAsync(() => model.Board.Of(AdministeredModel.Name)!.Active == "2");
    }

    [Fact]
    public async Task Load_EndedByARollback_Answers409WhenItIs()
    {
        await using var model = await AdministeredModel.StartAsync();
        var load = RepositoryEndpoints.LoadAsync(AdministeredModel.Name, Services(model), Request("""{"parameters":{"version":"2"}}"""));
        await Eventually.HoldsAsync(() => model.Board.Of(AdministeredModel.Name)?.Trial?.Version == "2");
        _time.Advance(Patience / 2);
        Assert.False(load.IsCompleted);

        Assert.Equal(200, (await model.PostAsync("rollback")).Status);
        await Eventually.HoldsAsync(() => model.Board.Of(AdministeredModel.Name) is { Trial: null });
        var (status, passed) = await PassAsync(load);

        Assert.Equal(409, status);
        Assert.True(passed < Patience / 2, $"It waited {passed} longer.");
    }

    [Fact]
    public async Task Unload_NotDoneInFiveMinutes_Answers504AndGoesOn()
    {
        await using var model = await AdministeredModel.StartAsync();
        var unload = RepositoryEndpoints.UnloadAsync(AdministeredModel.Name, Services(model), Request(""));

        var (status, passed) = await PassAsync(unload);

        Assert.Equal(504, status);
        Assert.True(passed >= Patience, $"It waited {passed}.");
        Assert.All(model.Board.Of(AdministeredModel.Name)!.Wishes, w => Assert.False(w.IsLoaded));
    }

    [Fact]
    public async Task Unload_OvertakenByAnActivation_Answers409WhenItIs()
    {
        await using var model = await AdministeredModel.StartAsync();
        var unload = RepositoryEndpoints.UnloadAsync(AdministeredModel.Name, Services(model), Request(""));
        await Eventually.HoldsAsync(() => model.Board.Of(AdministeredModel.Name) is { Active: null });
        _time.Advance(Patience / 2);
        Assert.False(unload.IsCompleted);

        Assert.InRange((await model.PostAsync("versions/1/activate")).Status, 200, 202);
        await Eventually.HoldsAsync(() => model.Board.Of(AdministeredModel.Name) is { } rollout && (rollout.Active ?? rollout.Trial?.Version) == "1");
        var (status, passed) = await PassAsync(unload);

        Assert.Equal(409, status);
        Assert.True(passed < Patience / 2, $"It waited {passed} longer.");
    }

    /// <summary>Lets time pass until the change is answered.</summary>
    private async Task<(int? Status, TimeSpan Passed)> PassAsync(Task<IResult> change)
    {
        var start = _time.GetTimestamp();
        await Eventually.HoldsAsync(() =>
        {
            if (!change.IsCompleted) _time.Advance(TimeSpan.FromSeconds(10));
            return change.IsCompleted;
        });
        return (((IStatusCodeHttpResult)await change).StatusCode, _time.GetElapsedTime(start));
    }

    /// <summary>The gateway's own, but for the clock.</summary>
    private ModelServices Services(AdministeredModel model)
    {
        var services = model.Gateway.Services;
        return new(services.GetRequiredService<RolloutWriter>(), model.Board, model.Gateway.Pool, services.GetRequiredService<IOptions<RolloutPolicy>>(), _time, new ClaimsPrincipal());
    }

    private static DefaultHttpContext Request(string body) => new() { Request = { Body = new MemoryStream(Encoding.UTF8.GetBytes(body)) } };
}
