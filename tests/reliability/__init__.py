"""What a run does when servers, disks, clocks and people do their worst."""
