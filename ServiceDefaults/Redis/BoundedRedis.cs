using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ServiceDefaults.Redis;

/// <summary>Sends commands to Redis and waits for each answer no longer than a budget. After failures in a row a circuit breaker leaves Redis
/// alone for a while. Nobody can ask for the breaker's state: only a command that is tried can find out that Redis is back.</summary>
/// <param name="connecting">Null where no Redis is configured.</param>
/// <param name="purpose">What the platform does without while Redis does not answer, for the log.</param>
public sealed partial class BoundedRedis(
    Task<IConnectionMultiplexer>? connecting, string purpose, TimeSpan budget, CircuitBreaker breaker, TimeProvider time, ILogger logger)
{
    /// <summary>Tries a command. It throws for its caller's cancellation alone, which is no failure of Redis. A command whose answer did not come in
    /// time may still have taken effect.</summary>
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
            // Nobody waits for a late answer; its failure must not surface as unobserved.
            if (!answering.IsCompletedSuccessfully)
                _ = answering.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    [LoggerMessage(EventId = 3200, Level = LogLevel.Warning, Message = "Redis does not answer: {Purpose} ({Reason})")]
    private partial void LogGivenUp(string purpose, string reason);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Information, Message = "Redis answers again")]
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
