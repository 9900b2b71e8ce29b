using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ServiceDefaults;

/// <summary>Commands that Redis answers within a budget or not at all: slow, broken or absent, it is left alone for a while.</summary>
/// <param name="redis">Null where none is configured.</param>
/// <param name="purpose">What is missing while it does not answer, for the log.</param>
public sealed partial class BoundedRedis(RedisConnection? redis, string purpose, TimeSpan budget, CircuitBreaker breaker, TimeProvider time, ILogger logger)
{
    /// <summary>Whether a command would be sent now.</summary>
    public bool IsThere => redis is { Connecting.IsCompletedSuccessfully: true } && !breaker.IsOpen;

    /// <summary>Never throws: what did not come in time did not come. The command may still have taken effect.</summary>
    public async ValueTask<RedisAnswer<T>> TryAsync<T>(Func<IDatabase, Task<T>> command)
    {
        if (redis is not { Connecting.IsCompletedSuccessfully: true } || !breaker.TryEnter()) return default;
        try
        {
            var answer = new RedisAnswer<T>(true, await WithinBudgetAsync(command(redis.Connecting.Result.GetDatabase())));
            if (breaker.Succeed()) LogAnswers();
            return answer;
        }
        catch (Exception e)
        {
            if (breaker.Fail()) LogGivenUp(purpose, e.Message);
            return default;
        }
    }

    private async Task<T> WithinBudgetAsync<T>(Task<T> answering)
    {
        if (answering.IsCompleted) return await answering;
        try
        {
            return await answering.WaitAsync(budget, time);
        }
        catch (TimeoutException) when (answering.IsCompletedSuccessfully)
        {
            // On a busy machine the answer can be there by the time the timer is heard.
            return await answering;
        }
        finally
        {
            // Nobody waits for it any more; its failure must not surface as unobserved.
            _ = answering.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer: {Purpose} ({Reason})")]
    private partial void LogGivenUp(string purpose, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers again")]
    private partial void LogAnswers();
}

/// <param name="Came">Whether Redis answered; without that the value means nothing.</param>
public readonly record struct RedisAnswer<T>(bool Came, T Value);
