// Meters and activity sources belong to the process: services that come and go beside one another would end each other's metrics.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
