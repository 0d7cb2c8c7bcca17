"""Clock work of the house itself: jobs of dead workers come back, old counts go."""

import logging

from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from civic.lib import limits
from civic.lib.jobs import every

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="civic.lib.housekeeping.revive_jobs", queueing_lock="civic.lib.housekeeping.revive_jobs")
async def revive_jobs(timestamp: int) -> None:
    """Give back the jobs of workers that were killed: their heartbeat has stopped, the job still says `doing`.

    A tick of the clock whose next one waits already cannot come back, and need not: it is ended, or its lock would
    hold up all that follow.
    """
    for job in await app.job_manager.get_stalled_jobs():
        logger.warning("job %s (%s) was left behind by a dead worker", job.id, job.task_name)
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)


@every("17 * * * *")
def forget_counts() -> None:
    limits.forget_past()
