using Gateway.Bodies;
using Gateway.Usage;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace Gateway.Proxy;

/// <summary>Tells a model server how much of the caller's deadline is left.</summary>
internal sealed class DeadlineTransform(TimeProvider time) : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.HttpContext.Features.Get<Forwarding>()?.Deadline is not { IsSet: true } deadline) return default;
        RemoveHeader(context, DeadlineHeader.Name);
        AddHeader(context, DeadlineHeader.Name, DeadlineHeader.Format(deadline.Left(time)));
        return default;
    }
}

/// <summary>Sets a header that is the gateway's alone: what a client sends under its name was copied, and is removed.</summary>
internal abstract class OwnHeaderTransform(string name) : RequestTransform
{
    public sealed override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.HttpContext.Request.Headers.ContainsKey(name)) RemoveHeader(context, name);
        if (Value(context.HttpContext) is { } value) AddHeader(context, name, value);
        return default;
    }

    /// <returns>Null where there is nothing to say.</returns>
    protected abstract string? Value(HttpContext context);
}

/// <summary>Names the attempt, so that the model server can be asked what it took.</summary>
internal sealed class AttemptTransform() : OwnHeaderTransform(UsageInquiry.AttemptHeader)
{
    protected override string? Value(HttpContext context) => context.Features.Get<Forwarding>()?.NameAttempt();
}

/// <summary>Numbers the response that a request makes, whichever model server makes it.</summary>
internal sealed class ResponseNumberTransform() : OwnHeaderTransform(ResponseNumber.HeaderName)
{
    protected override string? Value(HttpContext context) => BodyForms.Of(context.Request.Path) == BodyForm.Responses ? context.Features.Get<Forwarding>()?.ResponseNumber : null;
}

/// <summary>Says of a request that it is the only one under way.</summary>
internal sealed class LoneRequestTransform() : OwnHeaderTransform(LoneRequest.HeaderName)
{
    protected override string? Value(HttpContext context) => UnderWay(context.GetReverseProxyFeature().AllDestinations) == 1 ? LoneRequest.Value : null;

    /// <returns>How many requests, this one too.</returns>
    private static int UnderWay(IReadOnlyList<DestinationState> replicas)
    {
        var count = 0;
        foreach (var replica in replicas) count += replica.ConcurrentRequestCount;
        return count;
    }
}

/// <summary>Has every answer judged before it is passed on, and removes the headers that are meant for the gateway alone.</summary>
internal sealed class AnswerTransform : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.Remove(LoadReport.HeaderName);
        headers.Remove("Server");
        headers.Remove(AnswerHeaders.AskElsewhere);
        if (context.ProxyResponse is not { } answer) return default;
        if (context.HttpContext.Features.Get<Forwarding>() is { } forwarding) context.SuppressResponseBody = !forwarding.Accept(answer);
        if (!context.SuppressResponseBody) context.HttpContext.TokenUsage()?.Take(headers, (int)answer.StatusCode, isWhole: answer.Content is not EventStreamContent);
        return default;
    }
}
