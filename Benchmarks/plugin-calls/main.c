/* plugin-calls HELPER PLUGIN [LIBRARY ID VERSION]…: what calls of plugins cost. PLUGIN is plugin.c,
 * built; the others are only started. */
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"

int main(int count, char **arguments)
{
    if (count < 3 || count % 3 != 0) {
        give_up("usage: plugin-calls HELPER PLUGIN [LIBRARY ID VERSION]...");
    }
    const char *helper = arguments[1], *plugin = arguments[2];
    measure_described_calls(plugin);
    measure_round_trips(helper, plugin);
    measure_start(helper, plugin, "measured", "1.0.0", "3 ms");
    for (int i = 3; i < count; i += 3) {
        measure_start(helper, arguments[i], arguments[i + 1], arguments[i + 2], "10 ms");
    }
    measure_crash(helper, plugin);
    double load[3] = {0};
    getloadavg(load, 3);
    printf("load %.1f %.1f %.1f\n", load[0], load[1], load[2]);
    return 0;
}
