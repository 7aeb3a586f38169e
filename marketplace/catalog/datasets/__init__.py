"""Dataset versions (데이터셋 판): their files, the steps each file goes through, and the report."""
