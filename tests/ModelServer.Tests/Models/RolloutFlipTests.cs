using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using ModelServer.Classify;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;
using Testing;

namespace ModelServer.Tests.Models;

/// <summary>Versions that change places while requests come: none fails, and none is answered by a version that was not active while it was under way.</summary>
public sealed class RolloutFlipTests : IAsyncDisposable
{
    private const string Model = FollowedModels.Model;
    private const int Clients = 16;
    private const int Flips = 20;
    private readonly FollowedModels _server = new("1", "2");
    private readonly List<(long From, string Version)> _active = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Requests_WhileDocumentsFlip_AreAnsweredByVersionsActiveMeanwhile()
    {
        await _server.StartAsync();
        Flip("1");
        var answers = await UnderLoadAsync(async answered =>
        {
            for (var i = 0; i < Flips; i++)
            {
                Flip(i % 2 == 0 ? "2" : "1");
                await answered(Clients);
            }
        });

        Assert.All(answers, AssertWasActive);
        Assert.Equal(["1", "2"], answers.Select(a => a.Version).Distinct().Order());
        Assert.All(_server.Catalog.Versions, v => Assert.Equal(0, v.Leases));
    }

    [Fact]
    public async Task Requests_WhileVersionsAreLoadedActivatedAndUnloaded_AllSucceed()
    {
        await _server.StartAsync();
        Flip("1");
        var answers = await UnderLoadAsync(async answered =>
        {
            for (var i = 0; i < 6; i++)
            {
                var (next, last) = i % 2 == 0 ? ("2", "1") : ("1", "2");
                await _server.ComesToAsync(next, ModelState.Ready);
                Flip(next);
                await answered(Clients);
                await _server.ComesToAsync(last, ModelState.Unloaded, _server.Rollouts.Unload(Model, last).Revision);
                await _server.ComesToAsync(last, ModelState.Ready, _server.Rollouts.Load(Model, last).Revision);
            }
        });

        Assert.All(answers, AssertWasActive);
        Assert.Equal(["1", "2"], answers.Select(a => a.Version).Distinct().Order());
    }

    [Fact]
    public async Task Unload_DuringARun_LetsItsRequestsFinish()
    {
        await _server.StartAsync();
        using var lease = _server.Catalog.Acquire<ClassificationModel>("a:2", ClassificationTask.Id, new());
        Flip("1");
        _server.Rollouts.Unload(Model, "2");
        await _server.ComesToAsync("2", ModelState.Deprecated);

        var sequence = lease.Loaded.Encode(new TextInput("great"), lease.Loaded.MaxTokens, QueueLane.Server, "input", truncate: true);
        lease.Loaded.Engine.Queue.Add([sequence]);
        Assert.NotEmpty(await sequence.Completion.WaitAsync(Eventually.Limit));
    }

    /// <summary>Noted before and after it is told: in between either version may answer.</summary>
    private void Flip(string version)
    {
        lock (_active) _active.Add((Stopwatch.GetTimestamp(), version));
        _server.Rollouts.Activate(Model, version);
        lock (_active) _active.Add((Stopwatch.GetTimestamp(), version));
    }

    private void AssertWasActive(Answer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        // What was told last before it came, and all that was told until it was answered.
        var told = _active.Where(a => a.From <= answer.Until).ToArray();
        var before = Array.FindLastIndex(told, a => a.From <= answer.From);
        // A flip that had begun, and was not over, leaves the one before it as good.
        var first = before > 0 && before % 2 == 0 ? before - 1 : Math.Max(before, 0);
        Assert.Contains(answer.Version, told[first..].Select(a => a.Version));
    }

    private async Task<Answer[]> UnderLoadAsync(Func<Func<int, Task>, Task> change)
    {
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentQueue<Answer>();
        var load = Enumerable.Range(0, Clients).Select(i => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var from = Stopwatch.GetTimestamp();
                var (status, version) = await _server.AskAsync(i % 4 == 0 ? null : Model, CancellationToken.None);
                answers.Enqueue(new(from, Stopwatch.GetTimestamp(), status, version));
            }
        })).ToArray();
        await change(async more =>
        {
            var count = answers.Count;
            await Eventually.HoldsAsync(() => answers.Count >= count + more);
        });
        await stop.CancelAsync();
        await Task.WhenAll(load);
        return [.. answers];
    }

    private sealed record Answer(long From, long Until, HttpStatusCode Status, string Version);
}
