using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ServiceDefaults;

/// <summary>Commands that Redis answers within a budget or not at all: slow, broken or absent, it is left alone for a while. There is no way
/// to ask whether it is left alone: only a command that is tried can find out that it is back.</summary>
/// <param name="connecting">Null where none is configured.</param>
/// <param name="purpose">What is missing while it does not answer, for the log.</param>
public sealed partial class BoundedRedis(
    Task<IConnectionMultiplexer>? connecting, string purpose, TimeSpan budget, CircuitBreaker breaker, TimeProvider time, ILogger logger)
{
    /// <summary>Throws for nothing but its caller's cancellation, which is no failure of Redis: what did not come in time did not come. The
    /// command may still have taken effect.</summary>
    public async ValueTask<RedisAnswer<T>> TryAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken = default)
    {
        if (connecting is not { IsCompletedSuccessfully: true } || !breaker.TryEnter()) return default;
        try
        {
            var answer = new RedisAnswer<T>(RedisOutcome.Answered, await WithinBudgetAsync(command(connecting.Result.GetDatabase()), cancellationToken));
            if (breaker.Succeed()) LogAnswers();
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (breaker.Fail()) LogGivenUp(purpose, e.Message);
            return new(e is TimeoutException ? RedisOutcome.TimedOut : RedisOutcome.Failed, default!);
        }
    }

    private async Task<T> WithinBudgetAsync<T>(Task<T> answering, CancellationToken cancellationToken)
    {
        try
        {
            return await answering.WaitAsync(budget, time, cancellationToken);
        }
        catch (TimeoutException) when (answering.IsCompletedSuccessfully)
        {
            // On a busy machine the answer can be there by the time the timer is heard.
            return await answering;
        }
        finally
        {
            // Nobody waits for it any more; its failure must not surface as unobserved.
            if (!answering.IsCompletedSuccessfully)
                _ = answering.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer: {Purpose} ({Reason})")]
    private partial void LogGivenUp(string purpose, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers again")]
    private partial void LogAnswers();
}

public enum RedisOutcome
{
    /// <summary>Not connected yet, or left alone: the command was not sent.</summary>
    NotAsked,
    Answered,
    TimedOut,
    Failed,
}

/// <param name="Value">Means nothing unless Redis answered.</param>
public readonly record struct RedisAnswer<T>(RedisOutcome Outcome, T Value)
{
    public bool Came => Outcome == RedisOutcome.Answered;
}
