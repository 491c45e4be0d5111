"""`python -m snellen`: the command line of the Python that is named, wherever its scripts lie."""

from snellen.cli.main import main

if __name__ == "__main__":
    main()
