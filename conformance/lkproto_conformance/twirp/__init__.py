"""The runner's side of Twirp: raw answers and raw requests, and how what is seen is judged."""
