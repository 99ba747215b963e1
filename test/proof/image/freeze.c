/* Stops one thread of a process by ptrace, as if it hung, until the process has gone. Words: process id, name of the thread. As root;
   the process knows nothing of it. In C, since the card has no Python. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

int main(int count, char **words) {
  if (count != 3) return 2;
  char path[128], name[64];
  snprintf(path, sizeof path, "/proc/%s/task", words[1]);
  DIR *tasks = opendir(path);
  int thread = 0;
  for (struct dirent *each; tasks != NULL && (each = readdir(tasks)) != NULL;) {
    snprintf(path, sizeof path, "/proc/%s/task/%.20s/comm", words[1], each->d_name);
    FILE *comm = fopen(path, "r");
    if (comm == NULL) continue;
    if (fgets(name, sizeof name, comm) != NULL && strcspn(name, "\n") == strlen(words[2]) &&
        strncmp(name, words[2], strlen(words[2])) == 0)
      thread = atoi(each->d_name);
    fclose(comm);
  }
  int status = 0;
  if (thread == 0 || ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0 || ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) != 0 ||
      waitpid(thread, &status, __WALL) != thread || !WIFSTOPPED(status)) {
    perror("freeze");
    return 1;
  }
  puts("frozen");
  fflush(stdout);
  /* Whoever traces a thread has to take note of its end, or the process cannot go. */
  while (!WIFEXITED(status) && !WIFSIGNALED(status))
    if (waitpid(thread, &status, __WALL) < 0) break;
  return 0;
}
