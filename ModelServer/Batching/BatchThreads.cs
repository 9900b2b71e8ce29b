using ModelServer.Admission;
using ModelServer.Runtime;

namespace ModelServer.Batching;

/// <summary>The dedicated threads of one graph: each takes a batch, runs it, and takes the next. Short work that finds all of them idle is run in one's place by the
/// thread that brings it; nothing else runs the graph.</summary>
internal sealed class BatchThreads<TItem, TBatch, TBuffers> : IDisposable
    where TItem : class, IBatched
    where TBatch : Batch<TItem>
    where TBuffers : IDisposable
{
    private readonly BatchQueue<TItem, TBatch> _queue;
    private readonly Func<TBuffers> _createBuffers;
    private readonly Action<TBatch, TBuffers> _run;
    private readonly TimeProvider _time;
    private readonly RunPace _pace = new();
    private readonly List<Thread> _threads = [];
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Of the runs on other threads, one at a time.</summary>
    private TBuffers? _inlineBuffers;

    /// <param name="name">What the system calls them.</param>
    /// <param name="createBuffers">Makes the memory for the runs of one thread, which frees it at its end.</param>
    /// <param name="run">Runs a batch and decides all that is in it. What it throws fails the model.</param>
    public BatchThreads(string name, int count, BatchQueue<TItem, TBatch> queue, Func<TBuffers> createBuffers, Action<TBatch, TBuffers> run, TimeProvider time)
    {
        _queue = queue;
        _createBuffers = createBuffers;
        _run = run;
        _time = time;
        queue.AllowInline(new(count, item => _pace.IsShort(item.Cost), RunInline));
        try
        {
            for (var i = 0; i < count; i++)
            {
                var thread = new Thread(Work) { IsBackground = true, Name = $"{name} #{i}" };
                thread.Start();
                _threads.Add(thread);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Completes with the failure when not a run but a thread itself failed: the model then answers nothing more. Otherwise never.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>Serves what waits, then ends the threads.</summary>
    public void Dispose()
    {
        _queue.Close();
        foreach (var thread in _threads) thread.Join();
        _queue.AwaitInline();
        _inlineBuffers?.Dispose();
        _queue.Fail(static () => new ModelNotReadyException("The model is being unloaded."));
    }

    private void Work()
    {
        TBatch? batch = null;
        try
        {
            using var buffers = _createBuffers();
            while ((batch = _queue.Take()) is not null) Run(batch, buffers);
        }
        catch (Exception e)
        {
            // It must not reach the top of the thread, where it would end the process.
            Fail(batch, e);
        }
    }

    private void RunInline(TBatch batch)
    {
        try
        {
            Run(batch, _inlineBuffers ??= _createBuffers());
        }
        catch (Exception e)
        {
            Fail(batch, e);
        }
    }

    private void Run(TBatch batch, TBuffers buffers)
    {
        var start = _time.GetTimestamp();
        using (batch) _run(batch, buffers);
        if (batch.Items.Count == 1) _pace.Ran(batch.Items[0].Cost, _time.GetElapsedTime(start));
    }

    private void Fail(TBatch? batch, Exception reason)
    {
        _failure.TrySetResult(reason);
        foreach (var item in batch?.Items ?? []) item.Fail(new InferenceFailedException(reason));
        _queue.Fail(() => new InferenceFailedException(reason));
    }
}
