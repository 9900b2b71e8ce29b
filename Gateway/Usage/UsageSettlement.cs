namespace Gateway.Usage;

/// <summary>Settles what each request took before those who charge and book it go on. The client does not wait for it.</summary>
internal sealed class UsageSettlement(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var usage = context.TokenUsage();
        try
        {
            await next(context);
            if (usage is { IsOpen: true } && !context.RequestAborted.IsCancellationRequested) await context.Response.CompleteAsync();
        }
        finally
        {
            if (usage is not null) await usage.SettleAsync();
        }
    }
}
