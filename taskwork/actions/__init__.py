"""What people ask for, whole: deploy, schedule, report, cancel. The scripts only ask and print."""
