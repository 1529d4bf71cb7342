#!/bin/sh
# Publishes the C# guest program: publish.sh x64|arm64 -> artifacts/guests/ARCH/vbprobe-cs
# Needs artifacts/guests/ARCH/libvbprobes.a and libvbplatform.a (CMake), the .NET SDK, clang, lld and llvm; for arm64 on another machine
# also gcc-aarch64-linux-gnu and libc6-dev-arm64-cross.
set -eu

architecture=${1:?usage: publish.sh x64|arm64}
here=$(cd "$(dirname "$0")" && pwd)
exec dotnet publish "$here/VirtualBench.Probes.csproj" --configuration Release --runtime "linux-$architecture" --nologo --verbosity quiet
