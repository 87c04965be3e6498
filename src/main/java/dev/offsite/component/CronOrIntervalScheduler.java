package dev.offsite.component;

import java.util.TimeZone;
import org.apache.camel.Consumer;
import org.apache.camel.pollconsumer.quartz.QuartzScheduledPollConsumerScheduler;
import org.apache.camel.support.DefaultScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Polls at the times of a job's schedule, or at intervals if it has none. Camel's Quartz scheduler starts even when
 * told not to and needs a second option; its plain one takes no schedule.
 */
public final class CronOrIntervalScheduler extends DefaultScheduledPollConsumerScheduler {

    private final QuartzScheduledPollConsumerScheduler quartz;
    private String cron;

    public CronOrIntervalScheduler() {
        this(new QuartzScheduledPollConsumerScheduler());
    }

    CronOrIntervalScheduler(QuartzScheduledPollConsumerScheduler quartz) {
        this.quartz = quartz;
    }

    public void setCron(String cron) {
        this.cron = cron;
        quartz.setCron(cron);
    }

    public void setTimeZone(String zone) {
        // A plus sign in a URI is decoded as a blank.
        quartz.setTimeZone(TimeZone.getTimeZone(java.time.ZoneId.of(zone.replace(' ', '+'))));
    }

    @Override
    public void onInit(Consumer consumer) {
        super.onInit(consumer);
        setDelay(((ScheduledPollConsumer) consumer).getDelay());
        setInitialDelay(((ScheduledPollConsumer) consumer).getInitialDelay());
        quartz.setCamelContext(getCamelContext());
        quartz.onInit(consumer);
    }

    @Override
    public void scheduleTask(Runnable task) {
        super.scheduleTask(task);
        quartz.scheduleTask(task);
    }

    @Override
    public void unscheduleTask() {
        if (cron == null) {
            super.unscheduleTask();
        } else {
            ServiceHelper.stopService(quartz);
        }
    }

    @Override
    public void startScheduler() {
        if (cron == null) {
            super.startScheduler();
        } else {
            // Camel 4.17 adds the job to Quartz in the first call, Camel 4.22 in the second.
            ServiceHelper.startService(quartz);
            quartz.startScheduler();
        }
    }

    @Override
    public boolean isSchedulerStarted() {
        return cron == null ? super.isSchedulerStarted() : quartz.isStarted();
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopService(quartz);
        super.doStop();
    }
}
