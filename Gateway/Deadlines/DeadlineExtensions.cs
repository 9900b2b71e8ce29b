namespace Gateway.Deadlines;

internal static class DeadlineExtensions
{
    /// <summary>Stands in front of everything that takes time.</summary>
    public static void UseDeadlines(this WebApplication app) => app.UseMiddleware<DeadlineClock>();

    public static RequestDeadline Deadline(this HttpContext context) => context.Features.Get<RequestDeadline>() ?? RequestDeadline.None;

    /// <summary>Waits for some of the request's work, until its deadline at most.</summary>
    /// <exception cref="BadHttpRequestException">The deadline passed (504).</exception>
    public static async ValueTask WithinDeadlineAsync(this HttpContext context, Func<CancellationToken, ValueTask> work)
    {
        if (context.Deadline() is not { IsSet: true } deadline)
        {
            await work(context.RequestAborted);
            return;
        }

        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var passed = new CancellationTokenSource(deadline.Left(time), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, passed.Token);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException) when (passed.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The deadline passed.", StatusCodes.Status504GatewayTimeout);
        }
    }
}
